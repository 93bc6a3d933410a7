package io.drover.execution;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in two sentences at the start, instead of in a stack trace, that the file is in use. */
final class LedgerInUseAnalyzer extends AbstractFailureAnalyzer<LedgerInUse> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, LedgerInUse cause) {
    return new FailureAnalysis(
        "The ledger in " + cause.folder() + " is open in another process",
        LedgerInUse.WHAT_TO_DO,
        cause);
  }
}
