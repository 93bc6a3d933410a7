package io.drover.execution;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The runbooks that are loaded, and the one way to start one: for the API, the command line,
 * triggers and schedules.
 */
public interface Runbooks {

  /** By name. */
  List<Runbook> list();

  Optional<Runbook> find(String name);

  /**
   * Validates the inputs, records the execution durably and begins to drive it. Returns as soon as
   * it is recorded.
   *
   * @throws InvalidInput when an input is wrong; nothing is recorded then
   * @throws Journal.KeyConflict when the idempotency key was used with other inputs
   * @throws java.util.NoSuchElementException when there is no such runbook
   */
  Journal.Created start(Start start);

  /**
   * What can be started.
   *
   * @param version hash of the newest loaded text
   * @param schema JSON Schema 2020-12 of the inputs, as text
   * @param mutating whether it contains mutating steps
   */
  record Runbook(
      String name, String version, String description, String schema, boolean mutating) {}

  /**
   * A wish to start one.
   *
   * @param inputs a JSON object as text
   * @param idempotencyKey null if the caller gave none
   */
  record Start(
      String runbook,
      String inputs,
      String requester,
      Trigger trigger,
      @Nullable String idempotencyKey,
      @Nullable String rerunOf,
      @Nullable Instant notAfter) {}
}
