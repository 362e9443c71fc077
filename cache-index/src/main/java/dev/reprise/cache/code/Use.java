package dev.reprise.cache.code;

/**
 * One thing that a piece of code does with other code, as its bytecode says it: nothing is resolved
 * yet.
 *
 * @param kind what it does
 * @param target with what; name and descriptor are empty where the kind concerns a class or a path,
 *     which is the owner then
 */
record Use(Kind kind, Member target) {
  enum Kind {
    /** Calls exactly this method, or the one it inherits in its place. */
    CALLS,
    /** Calls this method or one that overrides it. */
    DISPATCHES,
    /** Reads or writes a field. */
    ACCESSES,
    /** Makes an instance of the class. */
    CREATES,
    /** Runs the static initialiser of the class, if that did not happen before. */
    INITIALISES,
    /** Depends on what the class is: tests for it, casts to it, catches it. */
    NAMES,
    /** Hands the class on as a value, so that reflection may do anything with it. */
    EXPOSES,
    /** Loads the class by its name, so that reflection may also call what needs no instance. */
    LOADS,
    /** Reads the class-path resource with this path. */
    READS,
    /**
     * Hides something: the owner is the name of a {@link Blind}, the name a verb with its object.
     */
    HIDES
  }

  static Use of(Kind kind, String owner) {
    return new Use(kind, new Member(owner, "", ""));
  }
}
