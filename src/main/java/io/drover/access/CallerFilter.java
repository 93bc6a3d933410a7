package io.drover.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds out who calls, by password (HTTP Basic) or token (Bearer). Wrong ones are told at once;
 * none at all is left to the rules.
 */
final class CallerFilter extends OncePerRequestFilter {
  /** Where the caller stands for whoever answers on another thread. */
  static final String ATTRIBUTE = "drover.caller";

  private final Users users;
  private final Passwords passwords;
  private final Tokens tokens;
  private final Lockout lockout;

  CallerFilter(Users users, Passwords passwords, Tokens tokens, Lockout lockout) {
    this.users = users;
    this.passwords = passwords;
    this.tokens = tokens;
    this.lockout = lockout;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String header = request.getHeader("Authorization");
    if (header == null) {
      chain.doFilter(request, response);
      return;
    }
    String name = name(header);
    String from = "address " + request.getRemoteAddr();
    long wait = Math.max(lockout.secondsLeft(from), lockout.secondsLeft("user " + name));
    if (wait > 0) {
      response.setHeader("Retry-After", String.valueOf(wait));
      ProblemAnswer.write(
          response, 429, "Too many wrong passwords", "Try again in " + wait + " seconds");
      return;
    }
    Caller caller = recognise(header);
    if (caller == null) {
      lockout.failed(from);
      if (name != null) {
        lockout.failed("user " + name);
      }
      ProblemAnswer.unauthorized(response);
      return;
    }
    lockout.succeeded("user " + name);
    request.setAttribute(ATTRIBUTE, caller);
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(
        new UsernamePasswordAuthenticationToken(
            caller,
            null,
            caller.roles().stream()
                .map(role -> new SimpleGrantedAuthority("ROLE_" + role))
                .toList()));
    SecurityContextHolder.setContext(context);
    try {
      chain.doFilter(request, response);
    } finally {
      SecurityContextHolder.clearContext();
    }
  }

  private @Nullable Caller recognise(String header) {
    if (header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return tokens.recognise(header.substring(7).strip());
    }
    List<String> pair = pair(header);
    if (pair.isEmpty()) {
      return null;
    }
    AccessProperties.User user = users.find(pair.get(0));
    return passwords.right(user, pair.get(1)) && user != null
        ? new Caller(user.name(), user.roles(), user.groups(), "")
        : null;
  }

  private static @Nullable String name(String header) {
    List<String> pair = pair(header);
    return pair.isEmpty() || pair.get(0).length() > 100 ? null : pair.get(0);
  }

  private static List<String> pair(String header) {
    if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return List.of();
    }
    try {
      String text =
          new String(
              Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return colon < 0 ? List.of() : List.of(text.substring(0, colon), text.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }
}
