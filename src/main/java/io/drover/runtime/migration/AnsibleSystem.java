package io.drover.runtime.migration;

import io.drover.prism.PrismSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where playbooks are run: at an AWX or Automation Platform, or by {@code ansible-playbook} on this
 * machine.
 *
 * @param url of AWX; null with playbooks
 * @param prefix of its API: {@code /api/v2}, {@code /api/controller/v2} of Automation Platform 2.5
 *     and later
 * @param token a secret
 * @param playbooks the folder of the playbooks on this machine; null with a URL
 * @param inventory given to {@code ansible-playbook -i}
 * @param command which one is run
 * @param timeout of an answer
 */
record AnsibleSystem(
    @Nullable URI url,
    @Nullable String prefix,
    @Nullable String token,
    PrismSettings.@Nullable Tls tls,
    @Nullable Path playbooks,
    @Nullable String inventory,
    @Nullable String command,
    @Nullable Duration timeout) {

  AnsibleSystem {
    require(
        (url == null) != (playbooks == null),
        "url, playbooks",
        "one of both",
        "not none, not both");
    if (url != null) {
      // The rules of addresses are those of all systems.
      new RemoteSystem(url, "token", token == null ? "" : token, tls, timeout);
    } else {
      require(inventory != null && !inventory.isBlank(), "inventory", "nothing", "an inventory");
    }
    prefix = prefix == null ? "/api/v2" : prefix;
    require(prefix.matches("/[a-z0-9/]*[a-z0-9]"), "prefix", prefix, "as /api/controller/v2");
    command = command == null ? "ansible-playbook" : command;
    timeout = timeout == null ? Duration.ofSeconds(60) : timeout;
    tls = tls == null ? new PrismSettings.Tls(null, null, null, false, false) : tls;
  }

  private static void require(boolean holds, String field, String value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(field + ": " + value + " (expected: " + expected + ")");
    }
  }

  /** Of AWX: scheme, host and port. */
  String base() {
    URI at = url;
    return at == null
        ? ""
        : at.getScheme() + "://" + at.getHost() + (at.getPort() < 0 ? "" : ":" + at.getPort());
  }

  /** Never with a secret in it. */
  @Override
  public String toString() {
    return "AnsibleSystem[" + (url == null ? playbooks : base()) + "]";
  }
}
