package dev.reprise.cache.code;

/**
 * A method or field as class files name it.
 *
 * @param owner internal name of a class, {@code com/acme/Delays}
 * @param name of the member
 * @param descriptor its type
 */
record Member(String owner, String name, String descriptor) {
  static Member of(MethodRef method) {
    return new Member(Names.internal(method.owner()), method.name(), method.descriptor());
  }

  /** What a method must have in common with one that it overrides. */
  String signature() {
    return name + descriptor;
  }
}
