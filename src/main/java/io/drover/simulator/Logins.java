package io.drover.simulator;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.Cookie;
import io.undertow.server.handlers.CookieImpl;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/** Who may call: a user with all rights, one who may only read, an API key, or a session. */
final class Logins {
  private static final String SESSION = "NTNX_IAM_SESSION";
  private static final HttpString KEY = new HttpString("X-ntnx-api-key");

  private final String username;
  private final String apiKey = secret("");
  private final String viewerPassword = secret("");
  private String password;
  private String session = secret("");
  private int refusals;

  Logins(String username, String password) {
    this.username = username;
    this.password = password;
  }

  enum Who {
    NOBODY,
    VIEWER,
    ADMIN,
    API_KEY
  }

  /** The given one, or one made up. */
  static String secret(String given) {
    if (!given.isEmpty()) {
      return given;
    }
    byte[] random = new byte[18];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().encodeToString(random);
  }

  String username() {
    return username;
  }

  synchronized String password() {
    return password;
  }

  String viewer() {
    return "viewer";
  }

  String viewerPassword() {
    return viewerPassword;
  }

  String apiKey() {
    return apiKey;
  }

  /** From now on the old password is refused, and so are sessions that came of it. */
  synchronized void change(String to) {
    password = to;
    session = secret("");
  }

  /** Ends all sessions, and refuses the next calls whatever they bring. */
  synchronized void expire(int calls) {
    session = secret("");
    refusals = calls;
  }

  /** Sets the cookie of a session where a password was right. */
  synchronized Who who(HttpServerExchange exchange) {
    if (refusals > 0) {
      refusals--;
      return Who.NOBODY;
    }
    String key = exchange.getRequestHeaders().getFirst(KEY);
    if (key != null) {
      return same(key, apiKey) ? Who.API_KEY : Who.NOBODY;
    }
    String sent = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    if (sent == null) {
      Cookie cookie = exchange.getRequestCookie(SESSION);
      return cookie != null && same(cookie.getValue(), session) ? Who.ADMIN : Who.NOBODY;
    }
    if (same(sent, basic(username, password))) {
      exchange.setResponseCookie(
          new CookieImpl(SESSION, session)
              .setPath("/")
              .setSecure(true)
              .setHttpOnly(true)
              .setMaxAge(900));
      return Who.ADMIN;
    }
    return same(sent, basic(viewer(), viewerPassword)) ? Who.VIEWER : Who.NOBODY;
  }

  static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  static boolean same(String left, String right) {
    return MessageDigest.isEqual(
        left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
  }
}
