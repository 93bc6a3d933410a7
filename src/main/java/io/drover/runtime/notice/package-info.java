/** What Drover tells people: announcements in Slack, and pages to whoever is on call. */
@NullMarked
package io.drover.runtime.notice;

import org.jspecify.annotations.NullMarked;
