package dev.reprise.cache.code;

import java.util.HashMap;
import java.util.Map;

/** The own code of one or several tasks, each method read once. */
final class OwnCode {
  private final ClassFiles classes;
  private final Zones zones;
  private final Hierarchy hierarchy;
  private final Map<Member, Summary> summaries = new HashMap<>();

  OwnCode(ClassFiles classes, Zones zones) {
    this.classes = classes;
    this.zones = zones;
    this.hierarchy = new Hierarchy(classes, zones);
  }

  Zones zones() {
    return zones;
  }

  Hierarchy hierarchy() {
    return hierarchy;
  }

  /** What a class without a name of its own is and uses. */
  Summary summary(ClassFile file) {
    return PartReader.read(classes, zones, file);
  }

  /** What a method is and uses. */
  Summary summary(Hierarchy.Found found) {
    return summaries.computeIfAbsent(
        found.member(), member -> PartReader.read(classes, zones, found.owner(), found.method()));
  }
}
