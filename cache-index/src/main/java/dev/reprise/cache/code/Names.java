package dev.reprise.cache.code;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.MethodNode;

/**
 * The three ways to write a name. Class files and this package's inside write {@code
 * com/acme/Delays$Helper}; the API and people write {@code com.acme.Delays$Helper}; a part of a
 * fingerprint is named {@code com.acme.Delays$Helper#late(int)boolean}.
 */
final class Names {
  private static final Pattern LAMBDA = Pattern.compile("lambda\\$(.+?)\\$.*");

  private Names() {}

  static String internal(String binaryName) {
    return binaryName.replace('.', '/');
  }

  static String binary(String internalName) {
    return internalName.replace('/', '.');
  }

  static String classFile(String internalName) {
    return internalName + ".class";
  }

  /** The package with a slash behind it, as {@code com/acme/}; empty for the unnamed package. */
  static String folder(String path) {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }

  /** The class that is not nested, by the usual naming. */
  static String topLevel(String internalName) {
    int dollar = internalName.indexOf('$', internalName.lastIndexOf('/') + 2);
    return dollar < 0 ? internalName : internalName.substring(0, dollar);
  }

  /** The class that an array holds or a name means; empty for primitives. */
  static String element(String nameOrArray) {
    if (!nameOrArray.startsWith("[")) {
      return nameOrArray;
    }
    Type element = Type.getType(nameOrArray).getElementType();
    return element.getSort() == Type.OBJECT ? element.getInternalName() : "";
  }

  /** The name of a class's part. */
  static String part(ClassFile file) {
    return binary(file.isNumbered() ? topLevel(file.name()) + " anonymous" : file.name());
  }

  /**
   * The name of a method's part: {@code com.acme.Delays#late(int,java.lang.String)boolean}. A
   * lambda is named after the method around it, {@code com.acme.Delays#define lambda}, and an
   * anonymous class after the class around it, since the numbers in their own names say nothing.
   */
  static String part(ClassFile owner, MethodNode method) {
    Matcher lambda = LAMBDA.matcher(method.name);
    return ClassFile.isMade(method) && lambda.matches()
        ? part(owner) + "#" + lambda.group(1) + " lambda"
        : part(part(owner), method.name, method.desc);
  }

  /** The name of a method's part, by the name of the class's part. */
  static String part(String className, String name, String descriptor) {
    Type type = Type.getMethodType(descriptor);
    return Arrays.stream(type.getArgumentTypes())
        .map(Type::getClassName)
        .collect(
            Collectors.joining(
                ",", className + "#" + name + "(", ")" + type.getReturnType().getClassName()));
  }
}
