import { QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { queries } from "./api/query.ts"
import { router } from "./routes.tsx"

/** Every page, and what reads for them. */
const Pages = () => (
  <QueryClientProvider client={queries}>
    <RouterProvider router={router} />
  </QueryClientProvider>
)

export default Pages
