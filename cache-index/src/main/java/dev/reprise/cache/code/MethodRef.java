package dev.reprise.cache.code;

import java.util.regex.Pattern;

/**
 * Names a method.
 *
 * @param owner binary name of the class, as {@code com.acme.Delays$Helper}
 * @param name of the method
 * @param descriptor as the JVM writes it, {@code (ILjava/lang/String;)V}
 */
public record MethodRef(String owner, String name, String descriptor) {
  private static final Pattern NUMBERED = Pattern.compile("\\$[0-9]");

  /**
   * Whether the compiler made up the name of the method or of its class: a lambda, an accessor, an
   * anonymous or local class. Such a name may mean other code after any edit.
   */
  public boolean isCompilerMade() {
    return name.indexOf('$') >= 0 || NUMBERED.matcher(owner).find();
  }

  @Override
  public String toString() {
    return owner + "#" + name + descriptor;
  }
}
