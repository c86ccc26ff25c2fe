package dev.rekindle.queue;

/** Another lane or priority for a job that waits. */
public record Move(String id, String lane, int priority) {}
