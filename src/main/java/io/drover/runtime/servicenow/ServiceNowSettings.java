package io.drover.runtime.servicenow;

import io.drover.drift.CiFacts;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How ServiceNow is reached: {@code drover.systems.servicenow.*}. Secrets are given as {@code
 * env:NAME}, {@code file:PATH} or as themselves.
 *
 * @param url of the instance, {@code https://NAME.service-now.com}; null: there is none
 * @param username with password: basic authentication
 * @param password a secret
 * @param apiKey a secret; sent as {@code x-sn-apikey}
 * @param clientId with client secret: OAuth, client credentials
 * @param clientSecret a secret
 * @param pageSize rows a page, 1..10000
 * @param attempts of a read, the first one included, 1..10; writes are made once
 * @param pause before the second attempt; it doubles. A Retry-After is obeyed instead
 * @param connect patience for a connection
 * @param answer patience for an answer
 */
@ConfigurationProperties("drover.systems.servicenow")
public record ServiceNowSettings(
    @Nullable URI url,
    @Nullable String username,
    @Nullable String password,
    @Nullable String apiKey,
    @Nullable String clientId,
    @Nullable String clientSecret,
    @DefaultValue("1000") int pageSize,
    @DefaultValue("4") int attempts,
    @DefaultValue("1s") Duration pause,
    @DefaultValue("10s") Duration connect,
    @DefaultValue("30s") Duration answer,
    @DefaultValue Cmdb cmdb,
    @DefaultValue Incident incident) {
  private static final Set<String> HERE = Set.of("127.0.0.1", "localhost", "[::1]");

  public ServiceNowSettings {
    require(pageSize >= 1 && pageSize <= 10_000, "page-size", pageSize, "1..10000");
    require(attempts >= 1 && attempts <= 10, "attempts", attempts, "1..10");
    if (url != null) {
      boolean here = HERE.contains(String.valueOf(url.getHost()));
      require(
          url.getHost() != null
              && ("https".equals(url.getScheme()) || ("http".equals(url.getScheme()) && here)),
          "url",
          url.getScheme() + "://" + url.getHost(),
          "https://NAME.service-now.com, or http to this machine");
      require(url.getUserInfo() == null, "url", url.getHost(), "no credentials inside the URL");
      boolean basic = username != null && password != null;
      boolean client = clientId != null && clientSecret != null;
      int ways = (basic ? 1 : 0) + (apiKey != null ? 1 : 0) + (client ? 1 : 0);
      require(
          ways == 1,
          "username, password, api-key, client-id, client-secret",
          ways + " ways to log in",
          "username and password, or api-key, or client-id and client-secret");
    }
  }

  /** Scheme, host and port; null where there is no ServiceNow. */
  @Nullable String base() {
    return url == null
        ? null
        : url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }

  /** Never with a secret in it. */
  @Override
  public String toString() {
    return "ServiceNowSettings[" + base() + "]";
  }

  private static void require(
      boolean holds, String field, @Nullable Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "drover.systems.servicenow." + field + ": " + value + " (expected: " + expected + ")");
    }
  }

  /**
   * Where the CMDB keeps its VMs.
   *
   * @param table their class
   * @param uuidFields fields that may hold a VM's UUID; which one does depends on what discovers
   * @param ownerField compared with the owner's category; dot-walked to what the category holds
   * @param environmentField compared with the environment's category
   * @param retired which values of which fields mean retired; none given: install_status 7 and
   *     operational_status 6
   * @param records by Prism Central: conditions that only records of its VMs keep to; none: all of
   *     the table are
   */
  public record Cmdb(
      @DefaultValue("cmdb_ci_vm_instance") String table,
      @DefaultValue("object_id") List<String> uuidFields,
      @DefaultValue("name") String nameField,
      @DefaultValue("owned_by.user_name") String ownerField,
      @DefaultValue("environment") String environmentField,
      @Nullable List<Retired> retired,
      @Nullable Map<String, List<Condition>> records) {

    public Cmdb {
      Condition.field(table);
      require(!uuidFields.isEmpty(), "cmdb.uuid-fields", uuidFields, "at least one");
      retired =
          retired == null
              ? List.of(
                  new Retired("install_status", List.of("7")),
                  new Retired("operational_status", List.of("6")))
              : List.copyOf(retired);
      records = records == null ? Map.of() : Map.copyOf(records);
      facts(uuidFields, nameField, ownerField, environmentField, retired)
          .all()
          .forEach(Condition::field);
    }

    /** Which field says what. */
    public CiFacts.Fields facts() {
      return facts(uuidFields, nameField, ownerField, environmentField, retired);
    }

    private static CiFacts.Fields facts(
        List<String> uuids,
        String name,
        String owner,
        String environment,
        @Nullable List<Retired> retired) {
      Map<String, Set<String>> values = new LinkedHashMap<>();
      if (retired != null) {
        retired.forEach(each -> values.put(each.field(), Set.copyOf(each.values())));
      }
      return new CiFacts.Fields(uuids, name, owner, environment, values);
    }

    /** What a record of this Prism Central's VMs keeps to. */
    public List<Condition> of(String system) {
      return records == null ? List.of() : records.getOrDefault(system, List.of());
    }
  }

  /** Values of a field that mean that the VM is no longer in use. */
  public record Retired(String field, List<String> values) {}

  /**
   * How incidents are opened.
   *
   * @param closedStates a state that is none of these is open: resolved, closed, canceled
   * @param fields set when one is opened, e.g. assignment_group; besides its texts and correlation
   */
  public record Incident(
      @DefaultValue({"6", "7", "8"}) Set<String> closedStates, @Nullable List<Field> fields) {
    public Incident {
      fields = fields == null ? List.of() : List.copyOf(fields);
    }
  }

  /** A field and what it is set to. */
  public record Field(String name, String value) {}
}
