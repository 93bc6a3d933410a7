package io.drover.execution;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Host keys of guests that an operator accepted; an unknown one is refused. */
public interface HostKeys {

  /** The key accepted for this guest; empty if none was. */
  Optional<HostKey> find(String system, String address);

  /** Accepts a key in the place of an earlier one; both are in the audit. */
  void accept(String system, String address, String fingerprint, String who);

  /** False if there was none. */
  boolean forget(String system, String address, String who);

  /** By system and address. */
  List<HostKey> all();

  /**
   * An accepted key.
   *
   * @param system the configured system's name
   * @param address the guest there: its VM's extId or its host name, as the door asks for it
   * @param fingerprint as OpenSSH shows it, {@code SHA256:…}
   */
  record HostKey(
      String system, String address, String fingerprint, String acceptedBy, Instant acceptedAt) {}
}
