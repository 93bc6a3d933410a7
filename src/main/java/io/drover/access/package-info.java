/** Who may call what: users, API tokens, roles, and the one table of what each may do. */
@NullMarked
package io.drover.access;

import org.jspecify.annotations.NullMarked;
