/** Why a connection could not be made. */

import { Refused } from "./errors.js";
import { address, type Settings } from "./options.js";

/**
 * Asks whether the gateway refuses us: a WebSocket does not tell its user why it could not be opened.
 *
 * Server-sent events are for the same clients and destinations. Nothing is returned if connecting may work later, or if
 * this page cannot know: browsers hide answers that come from another origin.
 */
export async function refusal(settings: Settings, closed: AbortSignal): Promise<Refused | undefined> {
  const enough = new AbortController();
  const stop = (): void => enough.abort();
  const timer = setTimeout(stop, settings.connectTimeout);
  closed.addEventListener("abort", stop);
  try {
    return await ask(settings, enough.signal);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    closed.removeEventListener("abort", stop);
    // Of an answer that goes on for ever nothing more is wanted.
    stop();
  }
}

async function ask(settings: Settings, signal: AbortSignal): Promise<Refused | undefined> {
  const { destination, key } = settings;
  const url = address(settings, "http", "/gc/v1/events", { destination });
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(url, { headers, signal });
  if (!isFinal(response.status)) return undefined;
  const { errorType, detail } = await problem(response);
  return new Refused(response.status, errorType, detail ?? response.statusText);
}

/** What the gateway says of it; something else may have answered. */
async function problem(response: Response): Promise<{ errorType?: string; detail?: string }> {
  try {
    return (await response.json()) as { errorType?: string; detail?: string };
  } catch {
    return {};
  }
}

function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
