package io.drover.access;

import io.drover.execution.ApiTokens;
import io.drover.execution.ApiTokens.ApiToken;
import io.drover.execution.ExecutionIds;
import io.drover.execution.LedgerClock;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes tokens and recognises them. A token acts for its owner and never may more than he. */
public final class Tokens {
  private static final String PREFIX = "drv_";

  private final ApiTokens store;
  private final Users users;
  private final LedgerClock clock;
  private final SecureRandom random = new SecureRandom();

  Tokens(ApiTokens store, Users users, LedgerClock clock) {
    this.store = store;
    this.users = users;
    this.clock = clock;
  }

  /** A new token; its text is told this once. */
  public record Made(ApiToken token, String text) {}

  /**
   * Makes a token for the caller.
   *
   * @param life 1 hour to 366 days
   * @throws IllegalArgumentException when the caller has not that role himself, or the life is out
   *     of bounds
   */
  public Made make(Caller caller, String name, Role role, Duration life) {
    if (!caller.may(role)) {
      throw new IllegalArgumentException(
          "role: " + role + " (expected: a role that its owner has, " + caller.roles() + ")");
    }
    if (life.compareTo(Duration.ofHours(1)) < 0 || life.compareTo(Duration.ofDays(366)) > 0) {
      throw new IllegalArgumentException("expiresInDays: (expected: 1..366)");
    }
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Instant now = clock.now();
    ApiToken token =
        new ApiToken(
            ExecutionIds.next(now.toEpochMilli()),
            name,
            caller.name(),
            role.name(),
            now,
            now.plus(life));
    store.add(token, hash(text));
    return new Made(token, text);
  }

  public List<ApiToken> list(Caller caller) {
    return store.list(caller.may(Role.ADMIN) ? null : caller.name());
  }

  /** False if the caller has no such token. */
  public boolean revoke(Caller caller, String id) {
    return list(caller).stream().anyMatch(token -> token.id().equals(id))
        && store.revoke(id, caller.name());
  }

  @Nullable Caller recognise(String text) {
    if (!text.startsWith(PREFIX) || text.length() > 100) {
      return null;
    }
    Optional<ApiToken> token = store.find(hash(text));
    if (token.isEmpty() || clock.now().isAfter(token.get().expiresAt())) {
      return null;
    }
    AccessProperties.User owner = users.find(token.get().owner());
    if (owner == null) {
      return null; // who left takes his tokens along
    }
    Role asked = Role.valueOf(token.get().role());
    boolean his = owner.roles().stream().anyMatch(role -> role.includes(asked));
    Set<Role> roles =
        his
            ? Set.of(asked)
            : owner.roles().stream().filter(asked::includes).collect(Collectors.toSet());
    return roles.isEmpty()
        ? null
        : new Caller(owner.name(), roles, owner.groups(), token.get().id());
  }

  private static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
