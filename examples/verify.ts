// The check after installation, also as one line:
//   node -e "import('taosts').then(({ clientInfo }) => console.log(clientInfo))"
import { clientInfo } from 'taosts'

console.log(clientInfo)
