package io.drover.catalog;

/**
 * A durable route, as its file states it.
 *
 * @param mutating whether it changes anything
 * @param internal whether only other runbooks start it, because what it does is approved there
 * @param recovery whether it puts something right
 */
public record Runbook(String name, boolean mutating, boolean internal, boolean recovery) {}
