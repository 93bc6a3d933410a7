package io.drover.runtime.dr;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.InvalidInput;
import io.drover.prism.PrismSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What makes a run pointless is a finding before it begins. */
class DrStartChecksTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static PrismSettings system(boolean key) {
    URI url = URI.create("https://pc.example.com:9440");
    return key
        ? new PrismSettings(url, null, null, "env:KEY", null, null, null, null)
        : new PrismSettings(url, "drover", "env:PASSWORD", null, null, null, null, null);
  }

  private static DrStartChecks checks() {
    return new DrStartChecks(
        Map.of("basic", system(false), "keyed", system(true), "dr", system(true)),
        new DrProperties(Duration.ofDays(365), Map.of("dr", List.of("test-network")), null));
  }

  private static ObjectNode replication(String system, String target) {
    ObjectNode inputs = JSON.createObjectNode().put("system", system).put("target", target);
    inputs
        .putArray("policies")
        .addObject()
        .put("category", "A:B")
        .put("retention", "P14D")
        .put("rpo", "PT26H");
    return inputs;
  }

  @Test
  void replicationNeedsAPasswordAtTheSource() {
    assertThatCode(() -> checks().replication().check(replication("basic", "dr")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> checks().replication().check(replication("keyed", "dr")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("system: keyed")
        .hasMessageContaining("API key");
    assertThatThrownBy(() -> checks().replication().check(replication("basic", "elsewhere")))
        .hasMessageContaining("target: elsewhere")
        .hasMessageContaining("[basic, dr, keyed]");
    assertThatThrownBy(() -> checks().replication().check(replication("basic", "basic")))
        .hasMessageContaining("another Prism Central");
  }

  @Test
  void aCategoryHasOnePolicy() {
    ObjectNode twice = replication("basic", "dr");
    twice.withArray("policies").add(twice.path("policies").get(0).deepCopy());
    assertThatThrownBy(() -> checks().replication().check(twice))
        .hasMessageContaining("policies[1].category");
  }

  @Test
  void aDrillStaysOnIsolatedNetworksAndAFailoverSaysWhatItDoesToTheSource() {
    ObjectNode drill = JSON.createObjectNode().put("system", "basic").put("target", "dr");
    drill.put("mode", "drill").put("maxCopyAge", "P7D").put("network", "test-network");
    assertThatCode(() -> checks().drill().check(drill)).doesNotThrowAnyException();
    assertThatThrownBy(() -> checks().drill().check(drill.deepCopy().put("network", "lan")))
        .hasMessageContaining("isolated");
    assertThatThrownBy(() -> checks().drill().check(drill.deepCopy().put("sourceVms", "leave")))
        .hasMessageContaining("only with mode failover");
    assertThatThrownBy(() -> checks().drill().check(drill.deepCopy().put("mode", "failover")))
        .hasMessageContaining("sourceVms: (missing)");
    assertThatThrownBy(() -> checks().drill().check(drill.deepCopy().put("maxCopyAge", "P0D")))
        .hasMessageContaining("maxCopyAge");
  }
}
