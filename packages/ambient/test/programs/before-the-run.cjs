// A CommonJS library that is loaded before the run, as libraries are.
const timers = require("node:timers");
const promises = require("timers/promises");

exports.byProperty = (done, delayMs) => {
  timers.setTimeout(() => done(), delayMs);
};
exports.byGlobal = (done, delayMs) => {
  setTimeout(() => done(), delayMs);
};
exports.byPromise = (delayMs) => promises.setTimeout(delayMs);

// What is taken out of the module here is out of anybody's reach.
const { setTimeout: taken } = require("node:timers");
exports.taken = (done, delayMs) => {
  taken(() => done(), delayMs);
};
