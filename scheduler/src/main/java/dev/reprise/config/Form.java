package dev.reprise.config;

import java.util.List;

/** What the value of a setting must look like. */
enum Form {
  PATH("a path"),
  TEXT("text"),
  DURATION("a duration, such as 90s, 15m, 2h, 7d or PT1H30M"),
  LIMIT("a duration of more than 0, such as 90s, 15m or 2h; leave it out for none"),
  SIZE("a size, such as 512MiB or 4g"),
  ROOM("a size of more than 0, such as 512MiB or 4g; leave it out for the default"),
  QUOTA("a size of more than 0, such as 500MiB or 10g; leave it out for none"),
  NUMBER("a whole number, 0 or more"),
  COUNT("a whole number, 1 or more; leave it out for all"),
  TRUTH("true or false"),
  CACHE("one of on, off, read, write, refresh, require"),
  NAMES("names, each once, with commas between them; leave it out for none"),
  CONSOLE("one of auto, rich, plain, json"),
  STEP_TRUTH("true or false" + Form.OR_BY_STEP),
  STEP_AGE("a duration, such as 90s, 15m, 2h or 7d" + Form.OR_BY_STEP),
  STEP_LIMIT("a duration of more than 0, such as 90s, 15m, 2h or 7d" + Form.OR_BY_STEP),
  STEP_VERSION("letters, digits, '-' and '_'" + Form.OR_BY_STEP),
  STEP_TEXT("text without ',' and '='" + Form.OR_BY_STEP),
  STEP_SHARING("take-over, fail-together or none" + Form.OR_BY_STEP);

  /** The end of what is wanted of a value that steps may have of their own. */
  private static final String OR_BY_STEP = "; STEP=... for one step, several with commas";

  private static final String ONE_OF = "one of ";

  private final String wanted;

  Form(String wanted) {
    this.wanted = wanted;
  }

  /** For people. */
  String wanted() {
    return wanted;
  }

  /** The words to choose from; empty if it is not one of a few. */
  List<String> words() {
    return wanted.startsWith(ONE_OF)
        ? List.of(wanted.substring(ONE_OF.length()).split(", ", -1))
        : List.of();
  }
}
