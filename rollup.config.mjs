// Our scripts into static/build: one for every page, one for visits, and the worker of visits.
import resolve from "@rollup/plugin-node-resolve";
import replace from "@rollup/plugin-replace";

const plugins = [
  resolve(),
  replace({ preventAssignment: true, values: { "process.env.NODE_ENV": JSON.stringify("production") } }),
];
const made = (input, file, format = "es") => ({ input: `static/js/${input}`, output: { file: `static/build/${file}`, format }, plugins });

export default [
  made("portal.js", "portal.js"),
  made("visits.js", "visits.js"),
  made("visits/worker.js", "visit-worker.js", "iife"),
];
