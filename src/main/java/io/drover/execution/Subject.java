package io.drover.execution;

/**
 * The VM that an execution works on.
 *
 * @param system the configured Prism Central's name
 * @param extId the VM's id there
 * @param name the VM's name when it was last seen; hostile text
 */
public record Subject(String system, String extId, String name) {}
