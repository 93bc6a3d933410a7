package io.drover.runtime.dr;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Disaster recovery: {@code drover.dr.*}.
 *
 * @param longestRetention no recovery point may be asked to be kept longer
 * @param testNetworks by system: extIds of its subnets that have no way out; a drill restores to
 *     these alone
 * @param routing how users are led to the other side; null: by nobody
 */
@ConfigurationProperties("drover.dr")
record DrProperties(
    @DefaultValue("365d") Duration longestRetention,
    @Nullable Map<String, List<String>> testNetworks,
    @Nullable Routing routing) {

  List<String> testNetworksOf(String system) {
    List<String> networks = testNetworks == null ? null : testNetworks.get(system);
    return networks == null ? List.of() : networks;
  }

  /**
   * What a failover does with production's routing.
   *
   * @param before first of all, e.g. a page that asks for patience
   * @param after when everything is up on the other side
   */
  record Routing(@Nullable Hook before, @Nullable Hook after) {}

  /** Something that is done, and what undoes it. */
  record Hook(Action apply, Action undo) {
    Hook {
      if (apply == null || undo == null) {
        throw new IllegalArgumentException(
            "drover.dr.routing: a hook (expected: both apply and undo; without undo there is no way"
                + " back)");
      }
    }
  }

  /** One of both. */
  record Action(@Nullable Http http, @Nullable Command command) {
    Action {
      if ((http == null) == (command == null)) {
        throw new IllegalArgumentException(
            "drover.dr.routing: an action (expected: either http or command)");
      }
    }

    /** Without secrets. */
    String told() {
      return http != null
          ? http.method() + " " + http.url()
          : command == null ? "" : command.run() + " on " + command.address();
    }
  }

  /**
   * A call that may be made twice.
   *
   * @param headers values as {@code env:NAME}, {@code file:PATH} or themselves; they are secrets
   */
  record Http(
      URI url,
      @DefaultValue("PUT") String method,
      @Nullable Map<String, String> headers,
      @Nullable String body) {
    Http {
      boolean web =
          url != null
              && url.getHost() != null
              && url.getUserInfo() == null
              && url.getQuery() == null
              && String.valueOf(url.getScheme()).matches("https?");
      if (!web || !method.matches("PUT|POST|PATCH|DELETE")) {
        throw new IllegalArgumentException(
            "drover.dr.routing: "
                + method
                + " (expected: PUT, POST, PATCH or DELETE, and an http or https URL without"
                + " credentials or query)");
      }
    }

    @Override
    public String toString() {
      return method + " " + url;
    }
  }

  /**
   * A command that may be run twice, over SSH as guests are reached.
   *
   * @param address inside {@code drover.guests.subnets}
   */
  record Command(String address, String run) {}
}
