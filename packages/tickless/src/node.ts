/**
 * Traces in files, for programs that install `tickless` alone.
 *
 * @packageDocumentation
 */
export {
  fileRecorder,
  type FileRecorder,
  programOf,
  readTrace,
  recordToFile,
  type RecordedToFile,
  type RecordToFileOptions,
  writeTrace,
} from "@tickless/trace/node";
