// Every breach of the Content-Security-Policy, as Chromium itself files it: of a page and of the workers it starts.
import type { CDPSession, Page } from 'playwright-core';

export interface Violation {
  readonly directive: string;
  /** The address that was blocked, or what else: `inline`, `eval`, `wasm-eval`. */
  readonly blocked: string;
}

interface Issue {
  readonly code: string;
  readonly details: {
    readonly contentSecurityPolicyIssueDetails?: {
      blockedURL?: string;
      violatedDirective: string;
      contentSecurityPolicyViolationType: string;
    };
  };
}

/** Begin before the page goes anywhere. A document never hears of its workers' breaches, so each of them is asked too. */
export async function watchViolations(page: Page, tell: (violation: Violation) => void): Promise<void> {
  const session = await page.context().newCDPSession(page);
  session.on('Audits.issueAdded', ({ issue }) => tellIssue(issue as Issue, tell));
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { method, params } = JSON.parse(message) as { method?: string; params?: { issue: Issue } };
    if (method === 'Audits.issueAdded' && params !== undefined) tellIssue(params.issue, tell);
  });
  session.on('Target.attachedToTarget', ({ sessionId }) => {
    enableInWorker(session, sessionId).catch(() => {}); // a worker may end before it is asked
  });
  await session.send('Audits.enable');
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: false });
}

/** The worker waits at its first line until it is let go. */
async function enableInWorker(session: CDPSession, sessionId: string): Promise<void> {
  for (const [id, method] of ['Audits.enable', 'Runtime.runIfWaitingForDebugger'].entries()) {
    await session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id: id + 1, method }) });
  }
}

function tellIssue({ details }: Issue, tell: (violation: Violation) => void): void {
  const found = details.contentSecurityPolicyIssueDetails;
  if (found === undefined) return;
  const kind = found.contentSecurityPolicyViolationType.replace(/^k|Violation$/g, '');
  const word = kind.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
  tell({ directive: found.violatedDirective, blocked: found.blockedURL || word });
}
