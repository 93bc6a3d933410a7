package io.drover.runtime;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a runbook asks of its inputs beyond their schema. It is asked before anything is recorded or
 * started, by whatever way somebody starts the runbook.
 */
public interface StartCheck {

  /** Whose inputs it looks at. */
  String runbook();

  /**
   * Looks at inputs that are valid by their schema, defaults filled in. May call nobody.
   *
   * @throws io.drover.execution.InvalidInput naming every wrong field
   */
  void check(JsonNode inputs);
}
