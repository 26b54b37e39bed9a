// The service from Node with grpc-js: check, match, stream, verify and compare of one programme, and the plan as the command
// line prints it. Arguments: the address, the roster in proto3 JSON, the printed plan.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const [address, rosterFile, planFile] = process.argv.slice(2);
const proto = fileURLToPath(new URL("../../proto", import.meta.url));
const definition = loader.loadSync("dyad/v1/matching.proto", {
  includeDirs: [proto],
  keepCase: true,
  enums: String,
  longs: Number,
  defaults: true,
});
const { Matching } = grpc.loadPackageDefinition(definition).dyad.v1;
const options = { "grpc.max_receive_message_length": 32 << 20 };
const client = new Matching(address, grpc.credentials.createInsecure(), options);

// google.protobuf.Struct by hand, which the loader leaves to its users.
const value = (v) =>
  v === null ? { nullValue: 0 }
  : Array.isArray(v) ? { listValue: { values: v.map(value) } }
  : typeof v === "object" ? { structValue: struct(v) }
  : { [`${typeof v}Value`.replace("boolean", "bool")]: v };
const struct = (o) => ({ fields: Object.fromEntries(Object.entries(o).map(([k, v]) => [k, value(v)])) });

// proto3 JSON writes maxMinutes, the loader reads max_minutes.
const snake = (v) =>
  Array.isArray(v) ? v.map(snake)
  : v && typeof v === "object"
    ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), snake(x)]))
  : v;
const { programme, ...lists } = JSON.parse(readFileSync(rosterFile, "utf8"));
const { rules, ...keys } = programme;
const roster = { programme: { ...keys, rules: struct(rules) }, ...snake(lists) };

const call = (method, request) =>
  new Promise((answer, fail) => {
    const deadline = Date.now() + 120_000;
    client[method](request, { deadline }, (error, response) => (error ? fail(error) : answer(response)));
  });

// A plan as the document that the command line prints: words without their prefix, absent fields null, timing aside.
const word = (name, prefix) => name.slice(prefix.length + 1).toLowerCase().replaceAll("_", "-");
const state = (line) => ({ ...line, state: word(line.state, "PAIR_STATE") });
const absent = (line, field) => ({ ...line, [field]: line[field] ?? null });
const printed = ({ grouped, groups, timing, ...plan }) => ({
  ...plan,
  outcome: word(plan.outcome, "OUTCOME"),
  proof: word(plan.proof, "PROOF"),
  stop: word(plan.stop, "STOP"),
  tiers: plan.tiers.map((tier) => ({ ...tier, name: word(tier.name, "TIER") })),
  pairs: plan.pairs.map((pair) => state(absent(pair, "minutes"))),
  unmatched: plan.unmatched.map((line) => ({ ...line, code: word(line.code, "UNMATCHED_CODE") })),
  certificate: {
    stages: plan.certificate.stages.map(({ groups, ...stage }) => ({
      ...(groups && { groups: { ...groups, cases: groups.cases.map((c) => c.split ?? { prices: c.prices }) } }),
      ...absent(stage, "floor"),
      claim: word(stage.claim, "CLAIM"),
      nests: stage.nests.map((nest) => ({ ...nest, kind: word(nest.kind, "NEST_KIND") })),
    })),
  },
});

const check = await call("Check", { roster });
assert.equal(check.programme, keys.name);
const { plan } = await call("Match", { roster });
const { timing, ...document } = JSON.parse(readFileSync(planFile, "utf8"));
assert.deepEqual(printed(plan), document);
const events = [];
for await (const event of client.MatchStream({ roster })) events.push(event);
assert.deepEqual(printed(events.at(-1).plan), document);
const verified = await call("Verify", { roster, plan });
assert.deepEqual([verified.clean, verified.violations, verified.plan], [true, [], plan.plan]);
const compared = await call("Compare", { before: plan, after: plan });
assert.deepEqual([compared.same_instance, compared.moved, compared.kept.length], [true, [], plan.pairs.length]);
await assert.rejects(call("Match", {}), (error) => error.code === grpc.status.INVALID_ARGUMENT);
client.close();
console.log("service: Node has the same plan");
