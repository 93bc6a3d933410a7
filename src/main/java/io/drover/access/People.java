package io.drover.access;

import io.drover.access.AccessProperties.User;
import java.util.Optional;

/** Who the configured users are, for those who are known by another name elsewhere. */
public final class People {
  private final Users users;

  People(Users users) {
    this.users = users;
  }

  /** With all roles that he has. */
  public Optional<Caller> find(String name) {
    User user = users.find(name);
    return user == null
        ? Optional.empty()
        : Optional.of(new Caller(user.name(), user.roles(), user.groups(), ""));
  }
}
