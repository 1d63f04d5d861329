// A day of the service in virtual time, with a server that is down from two to four in the morning.
import { record, virtualize } from "tickless";
import { forecasts } from "./forecasts.ts";

const minute = 60_000;
const pause = (delayMs: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, delayMs));

async function day(): Promise<string[]> {
  let requests = 0;
  const service = forecasts(async (city) => {
    requests++;
    await pause(100 + Math.random() * 900);
    const hour = new Date().getUTCHours();
    if (hour >= 2 && hour < 4) throw new Error("503");
    return `${city}, as of ${new Date().toISOString().slice(11, 16)}`;
  });
  let asked = 0;
  let oldest = 0;
  const end = Date.now() + 24 * 60 * minute;
  const client = async (city: string): Promise<void> => {
    while (Date.now() < end) {
      await pause(Math.random() * 10 * minute);
      const forecast = await service.get(city);
      asked++;
      const [hours = 0, minutes = 0] = forecast.slice(-5).split(":").map(Number);
      const time = new Date();
      const age = time.getUTCHours() * 60 + time.getUTCMinutes() - hours * 60 - minutes;
      oldest = Math.max(oldest, age);
    }
  };
  await Promise.all(["Oslo", "Lima", "Pune"].map(client));
  return [
    `asked ${asked} times, ${requests} requests, the oldest forecast was ${oldest} minutes old`,
    ...service.log.slice(0, 3),
    `and ${service.log.length - 3} more like these`,
  ];
}

const main = virtualize(day, { startDate: "2026-03-01T00:00:00Z" });
const first = await record(main, { seed: 1 });
const again = await record(main, { seed: 1 });
if (first.outcome?.status === "fulfilled") {
  for (const line of first.outcome.value) console.log(line);
}
console.log(`the same again: ${first.fingerprint === again.fingerprint}`);
