/**
 * Prism Central's v4 API as values and rules: requests, tasks, problems, rate tiers. Knows neither
 * Camel nor how bytes travel.
 */
@NullMarked
package io.drover.prism;

import org.jspecify.annotations.NullMarked;
