package io.intake.iam;

import java.util.List;
import java.util.regex.Pattern;

/**
 * One statement of a policy that allows actions on the bucket and its objects.
 *
 * @param policy the policy or role it stands in, by its logical name
 * @param sid its own name
 * @param actions as they are written
 * @param resources of the bucket: empty for itself, else a pattern of keys
 */
record Statement(String policy, String sid, List<String> actions, List<String> resources) {

    /** The resource by which this action is allowed on this key; null if it is not. */
    @org.jspecify.annotations.Nullable String allowing(String action, String key) {
        if (!actions.contains(action)) {
            return null;
        }
        return resources.stream().filter(pattern -> matches(pattern, key)).findFirst().orElse(null);
    }

    /** IAM's wildcards: any characters for a star, slashes too; one for a question mark. */
    private static boolean matches(String pattern, String key) {
        StringBuilder regex = new StringBuilder();
        for (char each : pattern.toCharArray()) {
            regex.append(
                    switch (each) {
                        case '*' -> ".*";
                        case '?' -> ".";
                        default -> Pattern.quote(String.valueOf(each));
                    });
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(key).matches();
    }
}
