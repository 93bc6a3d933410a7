package io.drover.runtime.servicenow;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code drover.systems.servicenow.*}.
 *
 * @param url of the instance, as {@code https://acme.service-now.com}; null: there is none
 * @param username with a password
 * @param password {@code env:NAME}, {@code file:PATH} or itself; a secret
 * @param apiKey instead of both, for {@code x-sn-apikey}; a secret
 * @param clientId instead of these, with a client secret: OAuth, client credentials
 * @param clientSecret a secret
 * @param pageSize records a page, 1 to 10,000
 * @param attempts of a read
 * @param retry the first pause between them; it doubles
 * @param timeout for each answer
 * @param settle after an incident whose answer was lost: how long it may still be made
 */
@ConfigurationProperties("drover.systems.servicenow")
record ServiceNowProperties(
    @Nullable URI url,
    @Nullable String username,
    @Nullable String password,
    @Nullable String apiKey,
    @Nullable String clientId,
    @Nullable String clientSecret,
    @DefaultValue("1000") int pageSize,
    @DefaultValue("4") int attempts,
    @DefaultValue("1s") Duration retry,
    @DefaultValue("60s") Duration timeout,
    @DefaultValue("60s") Duration settle,
    @DefaultValue Cmdb cmdb) {

  /** Never with a secret in it. */
  @Override
  public String toString() {
    return "ServiceNowProperties[" + url + "]";
  }

  /**
   * Where the CMDB keeps what is compared.
   *
   * @param table of the virtual machines
   * @param uuidFields those that may hold a VM's instance UUID
   * @param nameField the VM's name
   * @param ownerField a field, or one of the record that it refers to, as {@code
   *     owned_by.user_name}
   * @param environmentField what it is for
   * @param statusField the item's state
   * @param retired values of it that mean: no longer there
   * @param only conditions of equality that an item must meet, by field; <code>{system}</code> in a
   *     value stands for the name of the Prism Central
   */
  record Cmdb(
      @DefaultValue("cmdb_ci_vm_instance") String table,
      @DefaultValue({"object_id", "correlation_id"}) List<String> uuidFields,
      @DefaultValue("name") String nameField,
      @DefaultValue("owned_by.user_name") String ownerField,
      @DefaultValue("environment") String environmentField,
      @DefaultValue("install_status") String statusField,
      @DefaultValue("7") List<String> retired,
      @Nullable Map<String, String> only) {}

  private static final Set<String> HERE = Set.of("127.0.0.1", "localhost", "[::1]");

  ServiceNowProperties {
    if (url != null) {
      boolean here = HERE.contains(String.valueOf(url.getHost()));
      boolean safe = "https".equals(url.getScheme()) || ("http".equals(url.getScheme()) && here);
      if (url.getHost() == null || !safe || url.getUserInfo() != null) {
        throw new IllegalArgumentException(
            "drover.systems.servicenow.url: "
                + url.getScheme()
                + "://"
                + url.getHost()
                + " (expected: https, or http to this machine, without credentials in it)");
      }
    }
    if ((clientId == null) != (clientSecret == null)) {
      throw new IllegalArgumentException(
          "drover.systems.servicenow: client-id and client-secret belong together");
    }
    if (pageSize < 1 || pageSize > 10_000) {
      throw new IllegalArgumentException(
          "drover.systems.servicenow.page-size: " + pageSize + " (expected: 1..10000)");
    }
    if (attempts < 1) {
      throw new IllegalArgumentException(
          "drover.systems.servicenow.attempts: " + attempts + " (expected: 1 or more)");
    }
  }
}
