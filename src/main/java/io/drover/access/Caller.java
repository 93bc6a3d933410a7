package io.drover.access;

import java.io.Serializable;
import java.security.Principal;
import java.util.Set;

/**
 * Who is calling.
 *
 * @param name the user's name; of a token its owner's
 * @param roles never empty
 * @param groups those of the user
 * @param token id of the token by which he calls; empty for a password
 */
public record Caller(String name, Set<Role> roles, Set<String> groups, String token)
    implements Principal, Serializable {
  @Override
  public String getName() {
    return name;
  }

  public boolean may(Role needed) {
    return roles.stream().anyMatch(role -> role.includes(needed));
  }
}
