package dev.reprise.cache.code;

import dev.reprise.cache.code.Hierarchy.Found;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Opcodes;

/**
 * Which virtual methods are called, on which own types, and of which classes instances may be
 * there. Answers with what each new call and each new instance makes reachable.
 */
final class DispatchTable {
  private final Hierarchy hierarchy;
  private final Set<String> created = new HashSet<>();
  private final Map<String, Set<Member>> callsOn = new HashMap<>();
  private final Map<String, List<String>> instancesOf = new HashMap<>();

  DispatchTable(Hierarchy hierarchy) {
    this.hierarchy = hierarchy;
  }

  /** Notes a call; returns what it runs on the instances known until now. */
  List<Found> call(Member method) {
    List<Found> runs = new ArrayList<>();
    if (callsOn.computeIfAbsent(method.owner(), each -> new LinkedHashSet<>()).add(method)) {
      for (String instance : instancesOf.getOrDefault(method.owner(), List.of())) {
        runs.addAll(hierarchy.select(instance, method));
      }
    }
    return runs;
  }

  /**
   * Notes an instance of a class, or of an interface by a lambda; false if there was one before.
   */
  boolean create(String className) {
    return created.add(className);
  }

  /** Returns what the calls known until now run on a new instance. */
  List<Found> runOn(String className) {
    List<Found> runs = new ArrayList<>();
    for (ClassFile each : hierarchy.family(className).own()) {
      instancesOf.computeIfAbsent(each.name(), name -> new ArrayList<>()).add(className);
      for (Member called : callsOn.getOrDefault(each.name(), Set.of())) {
        runs.addAll(hierarchy.select(className, called));
      }
    }
    return runs;
  }

  /**
   * Whether methods of a type are called although no class is known whose instances it may hold.
   */
  boolean isCalledWithoutInstance(String type) {
    return callsOn.containsKey(type)
        && instancesOf.getOrDefault(type, List.of()).stream()
            .map(hierarchy::own)
            .noneMatch(file -> file != null && !file.has(Opcodes.ACC_ABSTRACT));
  }
}
