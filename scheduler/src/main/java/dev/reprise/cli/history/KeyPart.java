package dev.reprise.cli.history;

import dev.reprise.explain.StepParts;
import dev.reprise.explain.StepParts.ArgumentPart;
import dev.reprise.journal.RecordedUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * One part of a key, for people.
 *
 * @param part as in the list of what changed: {@code argument late-minutes}
 * @param value as given; empty for what has no short form
 * @param digest the beginning of its digest; empty for what enters as it is
 */
record KeyPart(String part, String value, String digest) {
  /** What the key of a unit was made of, in the order in which it enters. */
  static List<KeyPart> of(StepParts parts, RecordedUnit unit) {
    return Stream.concat(ofStep(parts).stream(), ofArguments(parts, unit).stream()).toList();
  }

  /** What the keys of a step's units have in common. */
  static List<KeyPart> ofStep(StepParts parts) {
    List<KeyPart> all = new ArrayList<>();
    all.add(new KeyPart("task", parts.task(), ""));
    if (!parts.version().isEmpty()) {
      all.add(new KeyPart("version", parts.version(), ""));
    }
    all.add(new KeyPart("signature", parts.signature(), ""));
    all.add(new KeyPart("code identity", parts.codeMode().toLowerCase(Locale.ROOT), ""));
    parts
        .code()
        .forEach((name, digest) -> all.add(new KeyPart("code " + name, "", digest.brief())));
    parts.engine().forEach((name, value) -> all.add(new KeyPart("engine " + name, value, "")));
    return all;
  }

  /** What the key of a unit has beside that. */
  static List<KeyPart> ofArguments(StepParts parts, RecordedUnit unit) {
    List<KeyPart> all = new ArrayList<>();
    for (int i = 0; i < parts.arguments().size(); i++) {
      ArgumentPart argument = parts.arguments().get(i);
      String kind =
          switch (argument.kind()) {
            case GIVEN, CAPTURED -> "argument ";
            case UPSTREAM -> "upstream ";
            case RESOURCE -> "resource ";
          };
      String digest = i < unit.arguments().size() ? unit.arguments().get(i).brief() : "";
      all.add(new KeyPart(kind + argument.shown(), argument.preview(), digest));
    }
    return all;
  }

  /** The value, and the digest behind it. */
  String text() {
    if (value.isEmpty() || digest.isEmpty()) {
      return value + digest;
    }
    return value + "  (" + digest + ")";
  }
}
