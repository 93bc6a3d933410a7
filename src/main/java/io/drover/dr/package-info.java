/**
 * Disaster recovery's arithmetic: which VMs get which recovery points, and how old the newest copy
 * is that was seen on the other side.
 */
@NullMarked
package io.drover.dr;

import org.jspecify.annotations.NullMarked;
