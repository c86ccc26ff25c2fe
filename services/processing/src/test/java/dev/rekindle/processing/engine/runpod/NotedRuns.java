package dev.rekindle.processing.engine.runpod;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes of open runs in memory. */
final class NotedRuns implements OpenRuns {
    final Map<String, Run> noted = new ConcurrentHashMap<>();
    final List<Integer> keptByForgetting = new CopyOnWriteArrayList<>();

    @Override
    public void note(Run run) {
        noted.put(run.reference(), run);
    }

    @Override
    public void forget(String reference) {
        noted.remove(reference);
        keptByForgetting.add(noted.size());
    }

    @Override
    public List<Run> left(String reference) {
        return noted.values().stream()
                .filter(run -> run.reference().startsWith(OpenRuns.folderOf(reference)))
                .filter(run -> !run.reference().equals(reference))
                .toList();
    }
}
