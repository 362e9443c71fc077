package dev.reprise.spark;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The batches that are out. The dispatcher's thread owns it. */
final class Batches {
  private final Map<String, Batch> all = new HashMap<>();

  void add(Batch batch) {
    all.put(batch.id(), batch);
  }

  void remove(Batch batch) {
    all.remove(batch.id());
  }

  /** All of them; a view. */
  Collection<Batch> all() {
    return all.values();
  }

  /** The group that is partition {@code index} of a batch; null if its task came to an end. */
  @Nullable Group find(String batch, int index) {
    Batch found = all.get(batch);
    return found == null || found.groups().get(index).done ? null : found.groups().get(index);
  }

  /** The group that a task runs; null if it came to an end. */
  @Nullable Group find(long task) {
    return all.values().stream()
        .flatMap(batch -> batch.groups().stream())
        .filter(group -> group.task == task && !group.done)
        .findFirst()
        .orElse(null);
  }

  /** Those that any of the groups is in. */
  List<Batch> of(Collection<Group> groups) {
    return all.values().stream()
        .filter(batch -> batch.groups().stream().anyMatch(groups::contains))
        .toList();
  }
}
