/**
 * What a JSON text holds; `undefined`, which no JSON text can hold, for a text that is none. The one place that calls
 * JSON.parse: the message of its error quotes the text, and so would bring a secret or a telephone number into a log.
 */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
