/** What people are told, and when. */
@NullMarked
package io.drover.runtime.notice;

import org.jspecify.annotations.NullMarked;
