package io.drover.runtime.guest;

import io.drover.execution.HostKeys;
import io.drover.runtime.Secret;
import io.drover.runtime.doctor.Report;
import io.drover.runtime.doctor.SystemCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.util.Set;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.jspecify.annotations.Nullable;

/** What logging in to guests needs here; no guest is called. */
final class GuestCheck implements SystemCheck {
  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final GuestProperties settings;
  private final HostKeys accepted;

  GuestCheck(GuestProperties settings, HostKeys accepted) {
    this.settings = settings;
    this.accepted = accepted;
  }

  @Override
  public String system() {
    return "guests";
  }

  @Override
  public void look(Report report) throws IOException {
    if (settings.subnets().isEmpty()) {
      report.warn("reachable", "drover.guests.subnets is empty: no guest is ever connected to");
      return;
    }
    report.ok("reachable", "guests may be in " + String.join(", ", settings.subnets()));
    credentials(report, settings.privateKey());
    hostKeys(report, settings.knownHosts());
  }

  private void credentials(Report report, @Nullable String key) throws IOException {
    if (key == null) {
      String password = settings.password();
      if (password == null || new Secret(password).read().isEmpty()) {
        report.fail("credentials", "neither drover.guests.private-key nor password is set");
      } else {
        report.ok("credentials", settings.username() + " with a password");
      }
      return;
    }
    Path file = Path.of(key);
    try {
      if (GuestSsh.keys(null, file, settings.passphrase()).isEmpty()) {
        report.fail("credentials", file + " holds no private key");
        return;
      }
    } catch (IOException | GeneralSecurityException e) {
      report.fail(
          "credentials",
          file
              + " cannot be read, or not with its passphrase ("
              + e.getClass().getSimpleName()
              + ")");
      return;
    }
    if (Files.getFileStore(file).supportsFileAttributeView("posix")
        && Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS).stream()
            .anyMatch(OTHERS::contains)
        && !Files.isSymbolicLink(file)) {
      report.warn("credentials", file + " can be read by others: chmod 600");
    } else {
      report.ok("credentials", settings.username() + " with " + file);
    }
  }

  private void hostKeys(Report report, @Nullable String known) {
    int own = accepted.all().size();
    int inFile = 0;
    if (known != null) {
      try {
        inFile = KnownHostEntry.readKnownHostEntries(Path.of(known)).size();
      } catch (IOException | RuntimeException e) {
        report.fail("host-keys", known + " cannot be read (" + e.getClass().getSimpleName() + ")");
        return;
      }
    }
    String text = own + " accepted for VMs, " + inFile + " in the known_hosts file";
    if (own + inFile == 0) {
      report.warn("host-keys", "none is accepted: every guest will be refused");
    } else {
      report.ok("host-keys", text);
    }
  }
}
