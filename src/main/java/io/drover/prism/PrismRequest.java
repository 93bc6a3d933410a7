package io.drover.prism;

import io.drover.odata.ODataQuery;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One call of the v4 API.
 *
 * @param path below the version, e.g. {@code ahv, config, vms, EXT_ID}; percent-encoded when sent
 * @param body JSON; null sends none: Prism refuses even an empty object where it expects nothing
 * @param ifMatch the entity tag that the write is based on
 * @param requestId makes a repeated write the same write
 */
public record PrismRequest(
    String method,
    Namespace namespace,
    List<String> path,
    ODataQuery query,
    @Nullable String body,
    Tier tier,
    @Nullable String ifMatch,
    @Nullable String requestId) {
  private static final Pattern EXT_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9+/=:_.-]{0,199}");

  public PrismRequest {
    path = List.copyOf(path);
  }

  static PrismRequest get(Namespace namespace, Tier tier, String... path) {
    return new PrismRequest(
        "GET", namespace, List.of(path), ODataQuery.ALL, null, tier, null, null);
  }

  static PrismRequest write(
      String method, Namespace namespace, Tier tier, @Nullable String body, String... path) {
    return new PrismRequest(
        method, namespace, List.of(path), ODataQuery.ALL, body, tier, null, null);
  }

  PrismRequest query(ODataQuery query) {
    return new PrismRequest(method, namespace, path, query, body, tier, ifMatch, requestId);
  }

  /** The same call based on this entity tag. */
  public PrismRequest ifMatch(@Nullable String tag) {
    return new PrismRequest(method, namespace, path, query, body, tier, tag, requestId);
  }

  /** The same call under this request id. */
  public PrismRequest requestId(String id) {
    return new PrismRequest(method, namespace, path, query, body, tier, ifMatch, id);
  }

  /** Whether it changes nothing. */
  public boolean reads() {
    return method.equals("GET") || method.equals("OPTIONS");
  }

  /** Path with the version, percent-encoded, without a query. */
  public String pathAt(int minor) {
    StringBuilder out = new StringBuilder("/api/").append(namespace.path());
    if (!path.get(0).equals("unversioned")) {
      out.append("/v4.").append(minor);
    }
    for (String part : path) {
      out.append('/').append(part.equals("$actions") ? part : ODataQuery.encode(part));
    }
    return out.toString();
  }

  /** Method, path and body for the record; there are no secrets in them. */
  public String told() {
    return method
        + " "
        + namespace.path()
        + "/"
        + String.join("/", path)
        + (body == null ? "" : " " + body);
  }

  /**
   * An id from outside, fit for a path.
   *
   * @throws IllegalArgumentException naming the field when it cannot be an id of Prism's
   */
  public static String extId(String field, @Nullable String value) {
    if (value == null || !EXT_ID.matcher(value).matches()) {
      throw new IllegalArgumentException(
          field + ": " + AppMessage.cut(value) + " (expected: an extId of Prism Central)");
    }
    return value;
  }
}
