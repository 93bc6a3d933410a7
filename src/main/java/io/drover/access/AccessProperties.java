package io.drover.access;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may call: {@code drover.access.*}.
 *
 * @param users with none, a user {@code admin} is made and its password written to the bootstrap
 *     file
 * @param bootstrapFile where, readable by its owner alone
 */
@ConfigurationProperties("drover.access")
record AccessProperties(@DefaultValue List<User> users, Path bootstrapFile) {

  /**
   * A user.
   *
   * @param passwordHash bcrypt, as {@code htpasswd -B} writes it
   * @param roles at least one of viewer, operator, approver, admin
   */
  record User(String name, String passwordHash, Set<Role> roles, @DefaultValue Set<String> groups) {
    User {
      if (name == null || !name.matches("[A-Za-z0-9._@-]{1,100}")) {
        throw new IllegalArgumentException(
            "drover.access.users.name: " + name + " (expected: letters, digits, . _ @ -)");
      }
      if (passwordHash == null || !passwordHash.matches("\\$2[aby]\\$\\d\\d\\$.{53}")) {
        throw new IllegalArgumentException(
            "drover.access.users." + name + ".password-hash (expected: a bcrypt hash)");
      }
      if (roles == null || roles.isEmpty()) {
        throw new IllegalArgumentException(
            "drover.access.users." + name + ".roles (expected: at least one role)");
      }
    }
  }
}
