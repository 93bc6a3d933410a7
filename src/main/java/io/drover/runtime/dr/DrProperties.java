package io.drover.runtime.dr;

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
 */
@ConfigurationProperties("drover.dr")
record DrProperties(
    @DefaultValue("365d") Duration longestRetention,
    @Nullable Map<String, List<String>> testNetworks) {

  List<String> testNetworksOf(String system) {
    List<String> networks = testNetworks == null ? null : testNetworks.get(system);
    return networks == null ? List.of() : networks;
  }
}
