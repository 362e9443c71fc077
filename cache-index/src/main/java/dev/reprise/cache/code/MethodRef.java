package dev.reprise.cache.code;

/**
 * Names a method.
 *
 * @param owner binary name of the class, as {@code com.acme.Delays$Helper}
 * @param name of the method
 * @param descriptor as the JVM writes it, {@code (ILjava/lang/String;)V}
 */
public record MethodRef(String owner, String name, String descriptor) {
  @Override
  public String toString() {
    return owner + "#" + name + descriptor;
  }
}
