import * as t from "io-ts";
import type { Cloud } from "../../local/cloud.ts";
import type { Create } from "../../local/models/local-function.ts";
import { planOf } from "../../local/plan.ts";
import { jsonAnswer, type ServiceAnswer, type ServiceRequest } from "../../local/service.ts";
import type { Mutation } from "../../local/simulation/simulation.ts";
import { parseJson } from "../../local/text.ts";

/* How a simulated stack is wired wrongly in one place, without a change of the product. */

type Handler = ReturnType<Create>;
type Context = Parameters<Handler>[1];

const createOf = async (name: string): Promise<Create> => (await import(`../../handlers/${name}.ts`)).create;

/** A function that does something else with what it is given, or with its own answer. */
export const changeFunction = (
  name: string,
  change: (own: Handler, event: unknown, context: Context) => Promise<unknown>,
): Mutation => ({
  load: async (each) => {
    const create = await createOf(each);
    if (each !== name) return create;
    return (variables) => {
      const own = create(variables);
      return (event, context) => change(own, event, context);
    };
  },
});

/** A resource that is declared otherwise; undefined: not at all. */
export const changeResource = (
  name: string,
  type: string,
  change: (inputs: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> | undefined,
): Mutation => ({
  plan: ({ all }) =>
    planOf(
      all.flatMap((resource) => {
        if (resource.name !== name || !resource.type.endsWith(type)) return [resource];
        const inputs = change(resource.inputs);
        return inputs === undefined ? [] : [{ ...resource, inputs }];
      }),
    ),
});

const States = t.type({ States: t.record(t.string, t.UnknownRecord) });

/** A state of a state machine that is another one. */
export const changeState = (
  machine: string,
  name: string,
  change: (state: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): Mutation =>
  changeResource(machine, "stateMachine:StateMachine", (inputs) => {
    const definition = parseJson(String(inputs["definition"]));
    if (!States.is(definition)) throw new Error(`${machine} has no states`);
    const state = definition.States[name];
    if (state === undefined) throw new Error(`${machine} has no state ${name}`);
    const changed = { ...definition, States: { ...definition.States, [name]: change(state) } };
    return { ...inputs, definition: JSON.stringify(changed) };
  });

type Json = Readonly<Record<string, unknown>>;

const jsonOf = (text: string | Buffer): Json => {
  const value = parseJson(String(text));
  return t.UnknownRecord.is(value) ? value : {};
};

/** Requests to DynamoDB that reach it as others. */
export const changeTableRequests = (operation: string, table: string, change: (input: Json) => Json): Mutation => ({
  wire: ({ tables }: Cloud) => {
    const handle = tables.handle.bind(tables);
    tables.handle = (headers, body) => {
      const concerns = String(headers["x-amz-target"]).endsWith(`.${operation}`) && body.includes(`"${table}"`);
      return handle(headers, concerns ? JSON.stringify(change(jsonOf(body))) : body);
    };
  },
});

/** What somebody makes of the answers to some requests. */
export const changeAnswers = (
  concerns: (request: ServiceRequest) => boolean,
  change: (answer: ServiceAnswer, request: ServiceRequest) => ServiceAnswer,
): Mutation => ({
  wire: ({ gateway }) => {
    gateway.changeAnswer = (request, answer) => (concerns(request) ? change(answer, request) : answer);
  },
});

/** The same for bodies of JSON, whatever their status. */
export const changeJson = (
  concerns: (request: ServiceRequest) => boolean,
  change: (body: Json, status: number) => Json,
): Mutation =>
  changeAnswers(concerns, ({ status, body }) => {
    const changed = change(jsonOf(body), status);
    return jsonAnswer("__type" in changed ? status : 200, changed);
  });

/** Requests that are answered as if they had been acted on. */
export const forgetRequests = (
  concerns: (request: ServiceRequest) => boolean,
  answer: ServiceAnswer = jsonAnswer(200, {}),
): Mutation => ({
  wire: (_, onRequest) => onRequest((request) => (concerns(request) ? { _tag: "Answer", answer } : undefined)),
});

export const calls =
  (operation: string, text = "") =>
  (request: ServiceRequest): boolean =>
    request.operation === operation && (text === "" || request.body.includes(text) || request.path.includes(text));
