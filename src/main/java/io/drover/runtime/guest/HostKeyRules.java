package io.drover.runtime.guest;

import io.drover.execution.HostKeys;
import io.drover.runtime.CallFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.jspecify.annotations.Nullable;

/**
 * Which host key a guest must show: the one that an operator accepted for its VM, else one that the
 * known_hosts file has for its address. Anything else is refused; nothing is accepted on first use.
 */
final class HostKeyRules {
  private final HostKeys accepted;
  private final @Nullable Path file;
  private final int port;

  HostKeyRules(HostKeys accepted, @Nullable Path file, int port) {
    this.accepted = accepted;
    this.file = file;
    this.port = port;
  }

  /** Null when the key is the guest's own; otherwise why not. */
  @Nullable CallFailure against(Guest guest, PublicKey key) {
    String shown = KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
    Optional<HostKeys.HostKey> own = accepted.find(guest.system(), guest.vmExtId());
    if (own.isPresent()) {
      return own.get().fingerprint().equals(shown)
          ? null
          : changed(guest, shown, own.get().fingerprint());
    }
    List<PublicKey> known;
    try {
      known = inFile(guest.address().getHostAddress());
    } catch (IOException | RuntimeException e) {
      return new CallFailure(
          CallFailure.Verdict.REFUSED,
          "host-key-unknown",
          "The known_hosts file " + file + " cannot be read: " + e.getMessage(),
          e);
    }
    if (known.isEmpty()) {
      return new CallFailure(
          CallFailure.Verdict.REFUSED,
          "host-key-unknown",
          guest
              + " shows the host key "
              + shown
              + ", which nobody accepted. Compare it on the VM's console (ssh-keygen -lf"
              + " /etc/ssh/ssh_host_*_key.pub), then accept it for this VM or put it into the"
              + " known_hosts file");
    }
    for (PublicKey one : known) {
      if (KeyUtils.compareKeys(one, key)) {
        return null;
      }
    }
    return changed(guest, shown, KeyUtils.getFingerPrint(BuiltinDigests.sha256, known.get(0)));
  }

  private static CallFailure changed(Guest guest, String shown, String expected) {
    return new CallFailure(
        CallFailure.Verdict.REFUSED,
        "host-key-changed",
        guest
            + " shows the host key "
            + shown
            + " (expected: "
            + expected
            + "). Another machine may be answering for it; nothing was sent. If the VM was rebuilt,"
            + " accept its new key");
  }

  /** Read anew each time: the file changes while we run, and a connection costs more. */
  private List<PublicKey> inFile(String address) throws IOException {
    if (file == null || !Files.exists(file)) {
      return List.of();
    }
    Collection<KnownHostEntry> entries = KnownHostEntry.readKnownHostEntries(file);
    return entries.stream()
        .filter(entry -> entry.isHostMatch(address, port))
        .map(HostKeyRules::key)
        .toList();
  }

  private static PublicKey key(KnownHostEntry entry) {
    try {
      return entry.getKeyEntry().resolvePublicKey(null, PublicKeyEntryResolver.FAILING);
    } catch (IOException | java.security.GeneralSecurityException e) {
      throw new IllegalArgumentException("a key of a kind that is not known", e);
    }
  }
}
