/** Where the Helm chart is. */
export const chartFolder = "deploy/helm/mutt"
