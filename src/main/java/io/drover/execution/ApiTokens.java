package io.drover.execution;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tokens with which programs call the API, kept by their hash. Changes are in the audit. */
public interface ApiTokens {

  /** Records a new token. */
  void add(ApiToken token, String hash);

  /** The token of this hash, if it was not revoked. */
  Optional<ApiToken> find(String hash);

  /** Not revoked ones, newest first; of everybody when the owner is null. */
  List<ApiToken> list(@Nullable String owner);

  /** False if there was none, or it was revoked before. */
  boolean revoke(String id, String who);

  /**
   * A token.
   *
   * @param name what its owner calls it
   * @param owner the user on whose behalf it acts
   * @param role the role it has at most; never more than its owner's
   */
  record ApiToken(
      String id, String name, String owner, String role, Instant createdAt, Instant expiresAt) {}
}
